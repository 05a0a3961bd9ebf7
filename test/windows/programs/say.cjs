// Says all that a program may see of how it was started. Where cmd.exe has been, it has added variables of its own.
const shown = ['NODE_OPTIONS', 'BROOD_CONTEXT', 'BROOD_SHIM', 'BROOD_SHIM_DIRECTORY', 'PRELOADED']
console.log(
  JSON.stringify({
    argv: process.argv.map((argument) => (argument === process.execPath ? 'node' : argument)),
    execArgv: process.execArgv,
    env: Object.fromEntries(shown.map((name) => [name, process.env[name]])),
    path: Object.entries(process.env).filter(([name]) => name.toUpperCase() === 'PATH'),
    main: require.main === module,
    cached: Object.keys(require.cache).filter((file) => !file.startsWith(__dirname)),
  }),
)
