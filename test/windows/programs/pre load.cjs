process.env.PRELOADED = 'yes'
