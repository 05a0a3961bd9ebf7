process.stdout.write(String(process.env.BENCH_MARK))
