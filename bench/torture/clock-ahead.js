// Loaded before an agent whose clock is 40 s ahead of its hub's: less than a hub refuses, and more than a run takes.
const now = Date.now.bind(Date);
Date.now = () => now() + 40_000;
