const { spawnSync } = require('node:child_process')

process.exitCode = spawnSync(process.execPath, ['child.cjs', 'emptyEnvironment'], { env: {} }).status
