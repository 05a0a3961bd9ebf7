import spawnWrap from 'spawn-wrap-3'

process.env.BENCH_MARK = 'set'
spawnWrap.runMain()
