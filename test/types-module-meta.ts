// Compiled, never run: the type of `import.meta.hot` is there for who asks for it.
import type { HotContext, HotData } from 'brood/module'
import 'brood/module/meta'

const context: HotContext | undefined = import.meta.hot
context?.dispose((data: HotData) => {
  data.count = 1
})
import.meta.hot?.accept(({ default: value }) => value)
import.meta.hot?.invalidate()
const data: HotData | undefined = import.meta.hot?.data
data?.count satisfies unknown

// In CommonJS.
const inScript: HotContext | undefined = module.hot
inScript?.accept()

// @ts-expect-error a module that is not hot has none
import.meta.hot.invalidate()
// @ts-expect-error it is given, not set
import.meta.hot = context
// @ts-expect-error
import.meta.hot?.dispose('nothing')
