/** Another version of a module's text, with functions behind it until it is so long. */
export function makeVersion(text, version, bytes = 0) {
  const parts = [text.replace(/version = \(\) => \d+/, `version = () => ${version}`)]
  let length = parts[0].length
  for (let index = 0; length < bytes; index++) {
    const line = `function filler${index}(value) { return value === ${index} ? 'version ${version}' : [value, ${index}] }\n`
    parts.push(line)
    length += line.length
  }
  return parts.join('')
}
