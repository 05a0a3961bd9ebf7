process.env.BENCH_MARK = 'set'
require('brood').runMain()
