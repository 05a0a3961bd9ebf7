// One function for each way of starting Node: it counts only where nyc is in the process that was started that way.

function spawn() {
  return 'spawn of a bare name'
}

function spawnShell() {
  return 'spawn with a shell'
}

function spawnSync() {
  return 'spawnSync'
}

function exec() {
  return 'exec of a line with &&'
}

function execPromisified() {
  return 'promisified exec'
}

function execSync() {
  return 'execSync of a pipeline'
}

function execFile() {
  return 'execFile of a #! script'
}

function execFileSync() {
  return 'execFileSync'
}

function fork() {
  return 'fork'
}

function clusterFork() {
  return 'a cluster worker'
}

function detached() {
  return 'a detached process'
}

function renamedNode() {
  return 'a node under another name'
}

function moduleMain() {
  return 'an ES module as main'
}

function extensionlessMain() {
  return 'a main without extension'
}

function shellScript() {
  return 'a shell script'
}

function foreignProgram() {
  return 'a foreign program: env'
}

function npmRun() {
  return 'npm run'
}

function emptyEnvironment() {
  return 'a grandchild with env: {}'
}

function clearedNodeOptions() {
  return 'sh -c with NODE_OPTIONS='
}

const ways = {
  spawn,
  spawnShell,
  spawnSync,
  exec,
  execPromisified,
  execSync,
  execFile,
  execFileSync,
  fork,
  clusterFork,
  detached,
  renamedNode,
  moduleMain,
  extensionlessMain,
  shellScript,
  foreignProgram,
  npmRun,
  emptyEnvironment,
  clearedNodeOptions,
}

if (require.main === module) ways[process.argv[2]]()

module.exports = ways
