// Where the file of a module is. To make paths of URLs and URLs of paths takes a child half a millisecond: its parent tells it.
import { fileURLToPath, pathToFileURL } from 'node:url'

const files = new Map<string, string>()
const urls = new Map<string, string>()

/** The file that a module comes from; `undefined` where it is none. */
export function fileOf(url: string): string | undefined {
  try {
    return files.get(url) ?? fileURLToPath(url)
  } catch {
    return undefined
  }
}

/** The URL of a module of CommonJS. */
export const urlOf = (file: string): string => urls.get(file) ?? pathToFileURL(file).href

/** Notes what {@link fileOf} and, for a module of CommonJS, {@link urlOf} say elsewhere. */
export function noteFile(url: string, file: string, isCommonJS: boolean): void {
  files.set(url, file)
  if (isCommonJS) urls.set(file, url)
}
