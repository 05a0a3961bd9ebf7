import { runMain } from 'brood'

process.env.BENCH_MARK = 'set'
runMain()
