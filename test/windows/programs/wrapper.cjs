// A wrapper main: says a word, and hands over.
console.log('caught')
require('brood').runMain()
