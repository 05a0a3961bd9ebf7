// Shell texts before and after munging, run by every shell that is here, with a stand-in for node that says what it was given.
import '../../posix-only.js'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryDirectory } from '../../support.js'
import { findShells, StandIn } from '../../support-stand-in.js'
import t from '../../tap.js'

const scratch = temporaryDirectory(t)
const standIn = new StandIn(scratch)

const envFile = join(scratch, 'env')
writeFileSync(envFile, 'NODE_OPTIONS=--sourced\nexport NODE_OPTIONS\n')

/** Texts that start a node that nothing but the munger reaches: N is its absolute path, and show is printf: the echo of some shells changes what it shows. */
const texts: readonly string[] = [
  'NODE_OPTIONS= N x',
  'true; NODE_OPTIONS=--a N "a b"',
  'NODE_OPTIONS="--a b" N; show [%s] "$NODE_OPTIONS" >/dev/null',
  'NODE_OPTIONS="$NODE_OPTIONS --a" N',
  'NODE_OPTIONS="--a $NODE_OPTIONS" N',
  'NODE_OPTIONS=${NODE_OPTIONS:---a} N',
  'unset NODE_OPTIONS; N x; show [%s] "$NODE_OPTIONS" "${NODE_OPTIONS-unset}"',
  'unset NODE_OPTIONS; exec N x',
  'unset NODE_OPTIONS; set -u; N x; show %s "${NODE_OPTIONS-unset}"',
  'unset NODE_OPTIONS; exec "$@"',
  'unset NODE_OPTIONS; "$@"; show [%s] "$NODE_OPTIONS"',
  'unset NODE_OPTIONS; A= ; $A N; show [%s] "$NODE_OPTIONS"',
  'unset NODE_OPTIONS; command N; nice N; nohup N 2>/dev/null',
  'unset NODE_OPTIONS; N "$NODE_OPTIONS" "${NODE_OPTIONS-unset}" >&1',
  'unset NODE_OPTIONS; A=$(N one; N two); show %s "$A"',
  'unset NODE_OPTIONS; show %s "`N one`" "`N "t wo"`"',
  'unset NODE_OPTIONS; N a | cat; (N b); { N c; } ; N d & wait; N e && N f || N g',
  'unset NODE_OPTIONS; if N a; then N b; fi; for i in 1 2; do N $i; done; case x in x) N c;; esac; while N d; do break; done',
  'unset NODE_OPTIONS; cat <<E\n$(N a) `N b` ${X:-$(N c)}\nE\nN d',
  'unset NODE_OPTIONS; NODE_OPTIONS=--a; N x; show %s "$NODE_OPTIONS"; export NODE_OPTIONS; N y',
  'export NODE_OPTIONS=--a; N x; show %s "$NODE_OPTIONS"; NODE_OPTIONS=--b; N y',
  'NODE_OPTIONS=--a; N x; show %s "$NODE_OPTIONS"',
  'NODE_OPTIONS=; N x',
  'set -a; NODE_OPTIONS=--a; N x',
  'f() { N "$@"; }; NODE_OPTIONS=--a; export NODE_OPTIONS; f 1; f 2; show %s "$NODE_OPTIONS"',
  'f() { unset NODE_OPTIONS; }; f; N x',
  'f() { NODE_OPTIONS=--a; N x; }; f; unset NODE_OPTIONS',
  'f() { for NODE_OPTIONS in --a; do N x; done; }; NODE_OPTIONS=--b f',
  'NODE_OPTIONS=--a; eval "export NODE_OPTIONS" & wait; N x',
  'f() { NODE_OPTIONS=--a; N x; }; export NODE_OPTIONS; f',
  'for i in 1 2; do N $i; unset NODE_OPTIONS; done; show %s "${NODE_OPTIONS-unset}"',
  'node() { command N "$@"; }; unset NODE_OPTIONS; node x; show %s "${NODE_OPTIONS-unset}"',
  'if true; then unset NODE_OPTIONS; fi; N x',
  'if false; then unset NODE_OPTIONS; fi; N x',
  '(unset NODE_OPTIONS; N a); N b',
  'env -i N x',
  'env -i A=1 N x',
  'env -i PATH="$PATH" node x',
  'env - A=1 nice -n 1 N x',
  'env -u NODE_OPTIONS N x',
  'env NODE_OPTIONS=--a N x',
  `env 'NODE_OPTIONS=--a b' N x; A='"c'; env "NODE_OPTIONS=--a $A" N y; env NODE_OPTIONS=--a\\ b N z`,
  'show %s "`env -i N x`" "$(env -i N y)"',
  'nohup nice -n 1 env -i N x 2>/dev/null',
  'echo x | xargs env -i N',
  'exec env -i N x',
  `env -i sh -c 'N "a b"'`,
  `sh -c 'NODE_OPTIONS= N "a b"; unset NODE_OPTIONS; N y'`,
  `sh -c "NODE_OPTIONS=--a N 'a b'; env -i N"`,
  `sh -c 'sh -c "NODE_OPTIONS= N x; echo \\"y\\""'`,
  'unset $(env | sed -n "s/^\\([A-Z_]*\\)=.*/\\1/p" | grep -v -e PATH -e PWD); N x',
  '. ENV; N x; show %s "$NODE_OPTIONS"',
  'eval "NODE_OPTIONS=--a; export NODE_OPTIONS"; N x; show %s "$NODE_OPTIONS"',
  'export NODE_OPTIONS=--b; NODE_OPTIONS=--a cat <<E; N x\n$NODE_OPTIONS\nE',
  'NODE_OPTIONS=--a N x; exit 3',
]

const shells = findShells()
t.ok(shells.length > 0)

for (const shell of shells) {
  t.test(`run by ${shell.join(' ')}`, (t) => {
    for (const own of [undefined, '', '--own "a b"']) {
      for (const template of texts) {
        // To mksh the assignments of one command do not see each other.
        if (shell[0] === 'mksh' && /^NODE_OPTIONS=.*NODE_OPTIONS/.test(template)) continue
        const text = template
          .replaceAll('N ', `${standIn.path} `)
          .replace(/N(?=[;)`'"]|$)/gm, standIn.path)
          .replaceAll('show ', 'printf ')
          .replace('ENV', envFile)
        const { outcomes, missed, isTangled } = standIn.compare(shell, text, own)
        const name = `${JSON.stringify(template)} with ${own}`
        t.notOk(isTangled, `${name}: comparable`)
        t.equal(missed, 0, `${name}: none is missed`)
        t.same(outcomes.wrapped, outcomes.bare, name)
      }
    }
    t.end()
  })
}
