export const part = 'part-2'
export const prime = 16_777_619
export const mix = (hash, index) => Math.imul(hash ^ index, prime) >>> 1
export const version = () => 1
