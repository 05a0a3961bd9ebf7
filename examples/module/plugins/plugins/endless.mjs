// Never comes to an end. The host lives, and ends it after limits.callTime.
import { defineModule } from 'brood/module'

export default defineModule({
  exports: {
    transform(text) {
      while (text.length < Number.POSITIVE_INFINITY);
      return text
    },
  },
})
