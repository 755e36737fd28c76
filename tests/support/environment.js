// The environment of the tests is Jest's for Node.js, with an ordinary global object. In Jest's own each use of a global
// (`Math`, `JSON`, `Object`) goes through an interceptor and a Proxy, which costs more than much of what is tested.
import vm from 'node:vm';
import { TestEnvironment } from 'jest-environment-node';

export default class OrdinaryGlobals extends TestEnvironment {
  constructor(...given) {
    const { createContext } = vm;
    vm.createContext = () => createContext(vm.constants.DONT_CONTEXTIFY);
    try {
      super(...given);
    } finally {
      vm.createContext = createContext;
    }
  }
}
