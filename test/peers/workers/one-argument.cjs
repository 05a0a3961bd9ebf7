// For tinypool, whose tasks take one argument.
const tasks = require('./tasks.cjs')

for (const [name, call] of Object.entries(tasks)) exports[name] = (args) => call(...args)
