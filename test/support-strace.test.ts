import { readStraceLog, type SeenProcess } from './support-strace.js'
import t from './tap.js'

/** A process on one line: its parent, its number, what it became, how it ended. */
const lineOf = ({ pid, parent, programs, refused, exitCode, signal }: SeenProcess) => {
  const became = programs.map(({ file, args }) => `${file} ${JSON.stringify(args)}`).join(' → ')
  const not = refused === undefined ? '-' : `not ${refused.file} ${JSON.stringify(refused.args)} ${refused.error}`
  return `${parent?.pid ?? '-'} ${pid} ${became || not} ${signal ?? exitCode ?? '-'}`
}

const threadFlags = 'CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD|CLONE_SYSVSEM'

const cases: readonly (readonly [name: string, log: string, expected: readonly string[]])[] = [
  ['nothing', '', []],
  [
    'one process',
    `
5571  execve("/usr/bin/node", ["node", "a.cjs"], 0x7ffe00d9b480 /* 35 vars */) = 0
5571  +++ exited with 3 +++`,
    ['- 5571 /usr/bin/node ["node","a.cjs"] 3'],
  ],
  [
    'a child that looks for its program, and is killed',
    `
71    execve("/bin/sh", ["sh"], 0x7ffe00d9b480 /* 35 vars */) = 0
71    clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD, child_tidptr=0x7f429f423f50) = 72
72    execve("/usr/local/bin/cat", ["cat"], 0x31ac9310 /* 35 vars */) = -1 ENOENT (No such file or directory)
72    execve("/usr/bin/cat", ["cat"], 0x31ac9310 /* 35 vars */) = 0
72    +++ killed by SIGKILL +++
71    +++ exited with 137 +++`,
    ['- 71 /bin/sh ["sh"] 137', '71 72 /usr/bin/cat ["cat"] SIGKILL'],
  ],
  [
    'a program that is not there',
    `
71    execve("/bin/sh", ["sh"], 0x7ffe00d9b480 /* 35 vars */) = 0
71    clone(child_stack=NULL, flags=SIGCHLD) = 72
72    execve("/usr/local/bin/x", ["x", "y"], 0x31ac9310 /* 35 vars */) = -1 ENOENT (No such file or directory)
72    execve("/usr/bin/x", ["x", "y"], 0x31ac9310 /* 35 vars */) = -1 EACCES (Permission denied)
72    +++ exited with 127 +++`,
    ['- 71 /bin/sh ["sh"] -', '71 72 not /usr/bin/x ["x","y"] EACCES 127'],
  ],
  [
    'one that is killed on its way into a program, and one that dumps core',
    `
71    execve("/bin/sh", ["sh"], 0x7ffe00d9b480 /* 35 vars */) = 0
71    clone(child_stack=NULL, flags=SIGCHLD) = 72
72    execve("/usr/bin/cat", ["cat"], 0x31ac9310 /* 35 vars */) = ?
72    +++ killed by SIGTERM +++
71    +++ killed by SIGABRT (core dumped) +++`,
    ['- 71 /bin/sh ["sh"] SIGABRT', '71 72 /usr/bin/cat ["cat"] SIGTERM'],
  ],
  [
    'calls in two halves, and a child that is heard of first',
    `
71    execve("/bin/sh", ["sh"], 0x7ffe00d9b480 /* 35 vars */) = 0
71    vfork( <unfinished ...>
72    execve("/usr/bin/node", ["node", "-e", "0"], 0x564013e20a70 /* 35 vars */ <unfinished ...>
71    <... vfork resumed>)              = 72
72    <... execve resumed>)             = 0
71    clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD <unfinished ...>
73    +++ exited with 1 +++
71    <... clone resumed>, child_tidptr=0x7f429f423f50) = 73
72    +++ exited with 0 +++`,
    ['- 71 /bin/sh ["sh"] -', '71 72 /usr/bin/node ["node","-e","0"] 0', '71 73 - 1'],
  ],
  [
    'a shell that becomes another program',
    `
71    execve("/bin/sh", ["sh", "-c", "exec node x"], 0x7ffe00d9b480 /* 35 vars */) = 0
71    execve("/usr/bin/node", ["node", "x"], 0x7ffe00d9b480 /* 35 vars */) = 0
71    +++ exited with 0 +++`,
    ['- 71 /bin/sh ["sh","-c","exec node x"] → /usr/bin/node ["node","x"] 0'],
  ],
  [
    'threads are no processes: what they start, their process starts',
    `
71    execve("/usr/bin/node", ["node"], 0x7ffe00d9b480 /* 35 vars */) = 0
71    clone3({flags=${threadFlags}, child_tid=0x7f429f01d990, exit_signal=0, stack=0x7f429e81e000} => {parent_tid=[72]}, 88) = 72
72    clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD, child_tidptr=0x7f429c777990) = 73
73    execve("/bin/true", ["true"], 0x7f4270087950 /* 35 vars */) = 0
72    +++ exited with 0 +++
71    +++ exited with 5 +++`,
    ['- 71 /usr/bin/node ["node"] 5', '71 73 /bin/true ["true"] -'],
  ],
  [
    'a thread that is heard of first',
    `
71    execve("/usr/bin/node", ["node"], 0x7ffe00d9b480 /* 35 vars */) = 0
71    clone3({flags=${threadFlags}, child_tid=0x7f429f01d990 <unfinished ...>
72    clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD, child_tidptr=0x7f429c777990) = 73
71    <... clone3 resumed> => {parent_tid=[72]}, 88) = 72
73    +++ exited with 0 +++`,
    ['- 71 /usr/bin/node ["node"] -', '71 73 - 0'],
  ],
  [
    'a thread that executes a program',
    `
71    execve("/usr/bin/node", ["node"], 0x7ffe00d9b480 /* 35 vars */) = 0
71    clone3({flags=${threadFlags}, exit_signal=0} => {parent_tid=[72]}, 88) = 72
72    execve("/bin/true", ["true"], 0x7ffe00d9b480 /* 35 vars */ <unfinished ...>
71    +++ superseded by execve in pid 72 +++
71    <... execve resumed>)             = 0
71    +++ exited with 4 +++`,
    ['- 71 /usr/bin/node ["node"] → /bin/true ["true"] 4'],
  ],
  [
    'a number that is used again',
    `
71    execve("/bin/sh", ["sh"], 0x7ffe00d9b480 /* 35 vars */) = 0
71    clone(child_stack=NULL, flags=SIGCHLD) = 72
72    +++ exited with 1 +++
71    clone(child_stack=NULL, flags=SIGCHLD) = 72
72    +++ exited with 2 +++`,
    ['- 71 /bin/sh ["sh"] -', '71 72 - 1', '71 72 - 2'],
  ],
  [
    'arguments that look like something else',
    String.raw`
71    execve("/bin/\"a b\"", ["", "\303\274\n\t\"q\"\\", "\1\0012", ") = 0", "], 0x1 <unfinished ...>", "x", "[\\"], 0x31ac7940 /* 35 vars */) = 0`,
    [`- 71 /bin/"a b" ${JSON.stringify(['', 'ü\n\t"q"\\', '\u0001\u00012', ') = 0', '], 0x1 <unfinished ...>', 'x', '[\\'])} -`],
  ],
  ['execveat', `71 execveat(AT_FDCWD, "/bin/true", ["true", "x"], 0x7ffe00d9b480 /* 35 vars */, 0) = 0`, ['- 71 /bin/true ["true","x"] -']],
]

for (const [name, log, expected] of cases) t.same(readStraceLog(log).map(lineOf), expected, name)
