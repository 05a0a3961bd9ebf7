// For workerpool, which is installed beside the bench.
const { createRequire } = require('node:module')
const path = require('node:path')

const workerpool = createRequire(path.join(__dirname, '../../../bench/process/peers/package.json'))('workerpool')
workerpool.worker({ ...require('./tasks.cjs') })
