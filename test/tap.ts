// tap, out of the way of the processes under test: import `t` from here.
for (const name of Object.keys(process.env)) {
  if (name === 'NODE_OPTIONS' || name.startsWith('_TAPJS_PROCESSINFO_')) delete process.env[name]
}
// Whether colours are wanted is a test's to say.
for (const name of ['NO_COLOR', 'FORCE_COLOR', 'NODE_DISABLE_COLORS', 'COLORTERM']) delete process.env[name]
// It adds 30 ms and more to each of the many Node processes started here.
delete process.env.NODE_EXTRA_CA_CERTS

// Its loaders are for the test itself: the processes that are started here inherit them otherwise, and take ten times as long to start.
process.execArgv.length = 0

export { default } from 'tap'
