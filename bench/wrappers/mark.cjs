process.env.BENCH_MARK = 'set'
