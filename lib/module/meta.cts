// The type of `import.meta.hot`, for who asks for it: `"types": ["brood/module/meta"]` in tsconfig.json, or `/// <reference types="brood/module/meta" />`.
// Other tools, such as vite, have one of their own, so that it cannot come with brood/module.
import type { HotContext } from './hot/hot-context.js' with { 'resolution-mode': 'import' }

declare global {
  interface ImportMeta {
    /** In a module that `hot()` of brood has loaded; elsewhere, and in production, there is none. */
    readonly hot?: HotContext
  }
  namespace NodeJS {
    interface Module {
      /** The same in CommonJS. */
      readonly hot?: HotContext
    }
  }
}
