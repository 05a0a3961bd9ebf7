import { type Getter, Instance } from './instance.js'
import type { JsonSource } from './source.js'

/** One version of a JSON file. */
export class JsonInstance extends Instance<JsonSource> {
  link(): void {}

  override getter(): Getter {
    return () => this.source.value
  }

  protected run(): void {}
}
