// Makes schemas/*.schema.json, in the language of JSON Schema 2020-12, of the types of what brood writes as JSON, and of their comments.
// They are kept in the repository: whoever changes a type sees what that changes for those who read the data. A test compares.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import ts from 'typescript'

const root = fileURLToPath(new URL('../', import.meta.url))

/** Files of types, their outermost interface, and the schema made of it. */
const sources = [
  { types: 'lib/trace/process-tree.ts', interface: 'ProcessTree', schema: 'schemas/tree.schema.json', id: 'urn:brood:tree:1' },
  { types: 'lib/cli/doctor/report.ts', interface: 'DoctorReport', schema: 'schemas/doctor.schema.json', id: 'urn:brood:doctor:1' },
]

/** @returns the text of each schema, by its path */
export function buildSchemas() {
  return new Map(sources.map((source) => [source.schema, `${JSON.stringify(schemaOf(source), undefined, 2)}\n`]))
}

function schemaOf({ types, interface: outermost, id }) {
  const file = ts.createSourceFile(types, readFileSync(`${root}${types}`, 'utf8'), ts.ScriptTarget.Latest, true)
  const interfaces = new Map(file.statements.filter(ts.isInterfaceDeclaration).map((node) => [node.name.text, node]))
  const definitions = [...interfaces.keys()].filter((name) => name !== outermost)
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: id,
    title: outermost,
    ...objectOf(interfaces.get(outermost)),
    $defs: Object.fromEntries(definitions.map((name) => [name, objectOf(interfaces.get(name))])),
  }
}

function objectOf(node) {
  const members = node.members.map((member) => ({ member, ...withoutUndefined(member.type) }))
  return {
    ...commentOf(node),
    type: 'object',
    properties: Object.fromEntries(members.map(({ member, type }) => [member.name.text, propertyOf(member, type)])),
    required: members.filter(({ isOptional }) => !isOptional).map(({ member }) => member.name.text),
    additionalProperties: false,
  }
}

function propertyOf(member, type) {
  if (member.questionToken !== undefined)
    throw new Error(`${member.name.text}: a field that may be left out is written as "| undefined" here`)
  const { asType, ...comment } = commentOf(member)
  return { ...comment, ...valueOf(type), ...(asType !== undefined && { type: asType }) }
}

/** JSON has no `undefined`: such a field is left out. */
function withoutUndefined(type) {
  if (!ts.isUnionTypeNode(type)) return { type, isOptional: false }
  const types = type.types.filter(({ kind }) => kind !== ts.SyntaxKind.UndefinedKeyword)
  return { type: types.length === 1 ? types[0] : { ...type, kind: type.kind, types }, isOptional: types.length < type.types.length }
}

const keywords = {
  [ts.SyntaxKind.StringKeyword]: 'string',
  [ts.SyntaxKind.NumberKeyword]: 'number',
  [ts.SyntaxKind.BooleanKeyword]: 'boolean',
}

function valueOf(type) {
  if (Object.hasOwn(keywords, type.kind)) return { type: keywords[type.kind] }
  // `readonly`, in front of an array.
  if (ts.isTypeOperatorNode(type)) return valueOf(type.type)
  if (ts.isArrayTypeNode(type)) return { type: 'array', items: valueOf(type.elementType) }
  if (ts.isLiteralTypeNode(type)) return { const: literalOf(type) }
  if (ts.isUnionTypeNode(type)) return { enum: type.types.map(literalOf) }
  if (!ts.isTypeReferenceNode(type)) throw new Error(`There is no schema yet for the type ${type.getText()}.`)
  const [argument] = type.typeArguments ?? []
  if (type.typeName.text === 'Readonly') return valueOf(argument)
  if (type.typeName.text === 'Record') return { type: 'object', additionalProperties: valueOf(type.typeArguments[1]) }
  return { $ref: `#/$defs/${type.typeName.text}` }
}

function literalOf({ literal }) {
  return ts.isNumericLiteral(literal) ? Number(literal.text) : literal.text
}

/** The comment above, as a description; and what its tags say that types cannot: `@asType integer`, `@minimum 0`, `@format date-time`. */
function commentOf(node) {
  const comment = ts.getJSDocCommentsAndTags(node).find(ts.isJSDoc)
  if (comment === undefined) throw new Error(`${node.name.text} has no comment.`)
  const tags = (comment.tags ?? []).map(({ tagName, comment: value }) => [tagName.text, tagName.text === 'minimum' ? Number(value) : value])
  // A blank line ends a paragraph; what stands behind the first is for those who read the code.
  const [description] = ts.getTextOfJSDocComment(comment.comment).split(/\n\s*\n/)
  return { description: description.replaceAll('\n', ' '), ...Object.fromEntries(tags) }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const [path, text] of buildSchemas()) writeFileSync(`${root}${path}`, text)
}
