// What masks the secrets of a command line, for the few processes whose own might hold one.
export { enableDebug } from '../diagnostics.js'
export { maskSecrets } from '../trace/secrets.js'
