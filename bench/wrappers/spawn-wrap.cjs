process.env.BENCH_MARK = 'set'
require('spawn-wrap-3').runMain()
