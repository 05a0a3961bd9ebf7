// The same for jest-worker.
module.exports = { add: (a, b) => a + b, echo: (value) => value }
