// The same in CommonJS: Node starts no loader for ES modules then.
const { task } = require('brood/process')

exports.add = task('add', (a, b) => a + b)
