require('brood')([require.resolve('./wrapper.cjs')])
process.exit(3)
