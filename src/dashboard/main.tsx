import { render } from 'preact';
import { App } from './app.tsx';
import { createModel, ModelContext } from './model/model.ts';

const model = createModel();
const root = document.getElementById('root');
if (root !== null) {
  render(
    <ModelContext.Provider value={model}>
      <App />
    </ModelContext.Provider>,
    root,
  );
  model.start();
}
