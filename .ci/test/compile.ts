import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { root } from './workspace.ts'

/** Compiles text as if it were the files named, in place, and returns what TypeScript says about them. */
export function compileAs(
  files: ReadonlyMap<string, string>,
  overrides: ts.CompilerOptions = {},
): readonly string[] {
  const options: ts.CompilerOptions = { ...repositoryOptions(), ...overrides }
  const host = ts.createCompilerHost(options)
  const { fileExists, readFile, getSourceFile } = host
  host.fileExists = (path) => files.has(path) || fileExists(path)
  host.readFile = (path) => files.get(path) ?? readFile(path)
  host.getSourceFile = (path, version, ...rest) => {
    const text = files.get(path)
    if (text === undefined) return getSourceFile(path, version, ...rest)
    return ts.createSourceFile(path, text, version)
  }
  const program = ts.createProgram([...files.keys()], options, host)
  return ts
    .getPreEmitDiagnostics(program)
    .filter(({ file }) => file === undefined || files.has(file.fileName))
    .map(describeDiagnostic)
}

function repositoryOptions(): ts.CompilerOptions {
  const path = join(root, 'tsconfig.base.json')
  const { config } = ts.parseConfigFileTextToJson(path, readFileSync(path, 'utf8'))
  return ts.convertCompilerOptionsFromJson(config.compilerOptions, root).options
}

function describeDiagnostic({ file, start, messageText }: ts.Diagnostic): string {
  const message = ts.flattenDiagnosticMessageText(messageText, '\n')
  if (file === undefined || start === undefined) return message
  const { line } = file.getLineAndCharacterOfPosition(start)
  return `${file.fileName.slice(root.length + 1)}:${line + 1}: ${message}`
}
