// Starts Node in every way that child.cjs has a function for, all at once, and fails where one of the processes does.
const assert = require('node:assert/strict')
const { exec, execFile, execFileSync, execSync, fork, spawn, spawnSync } = require('node:child_process')
const cluster = require('node:cluster')
const { once } = require('node:events')
const { promisify } = require('node:util')

const node = process.execPath
const renamedNode = process.argv[2]
const inherit = { stdio: 'inherit' }

const starts = {
  // First and alone, so that nyc instruments child.cjs once and the others take it from its cache.
  spawnSync: () => assert.equal(spawnSync(node, ['child.cjs', 'spawnSync'], inherit).status, 0),
  spawn: () => ended(spawn('node', ['child.cjs', 'spawn'], inherit)),
  spawnShell: () => ended(spawn('node child.cjs spawnShell', { ...inherit, shell: true })),
  exec: () => ended(exec('cd .. && cd program && node child.cjs exec')),
  execPromisified: () => promisify(exec)('node child.cjs execPromisified'),
  execSync: () => execSync('echo | node child.cjs execSync', inherit),
  execFile: () => ended(execFile('./shebang-script')),
  execFileSync: () => execFileSync('node', ['child.cjs', 'execFileSync'], inherit),
  fork: () => ended(fork('child.cjs', ['fork'])),
  clusterFork: () => ended(forkWorker()),
  detached: () => ended(spawn(node, ['child.cjs', 'detached'], { ...inherit, detached: true })),
  renamedNode: () => ended(spawn(renamedNode, ['child.cjs', 'renamedNode'], inherit)),
  moduleMain: () => ended(spawn(node, ['module-main.mjs'], inherit)),
  extensionlessMain: () => ended(spawn(node, ['extensionless-main'], inherit)),
  shellScript: () => ended(spawn('./shell-script.sh', inherit)),
  foreignProgram: () => ended(spawn('env', ['node', 'child.cjs', 'foreignProgram'], inherit)),
  npmRun: () => ended(spawn('npm', ['run', '--silent', 'child'], inherit)),
  emptyEnvironment: () => ended(spawn(node, ['clear-environment.cjs'], inherit)),
  clearedNodeOptions: () => ended(spawn('sh', ['-c', 'NODE_OPTIONS= node child.cjs clearedNodeOptions'], inherit)),
}

function forkWorker() {
  cluster.setupPrimary({ exec: 'child.cjs', args: ['clusterFork'] })
  const worker = cluster.fork()
  // A worker waits for work until it is told to leave; it runs its script first.
  worker.once('online', () => worker.disconnect())
  return worker
}

async function ended(started) {
  const [code] = await once(started, 'exit')
  assert.equal(code, 0)
}

async function start(way) {
  await assert.doesNotReject(async () => starts[way](), way)
}

async function startAll() {
  const results = await Promise.allSettled(Object.keys(starts).map(start))
  const failures = results.flatMap(({ reason }) => reason?.message ?? [])
  assert.equal(failures.join('\n'), '')
}

void startAll()
