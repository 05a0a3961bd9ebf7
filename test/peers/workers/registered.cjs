// For workerpool, which is installed beside the bench.
const nodeModule = require('node:module')
const { join } = require('node:path')

const workerpool = nodeModule.createRequire(join(__dirname, '../../../bench/process/peers/package.json'))('workerpool')
workerpool.worker({ ...require('./tasks.cjs') })
