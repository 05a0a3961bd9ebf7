console.log('waiting')
process.stdin.resume()
