/** Finds the declarations of one package by name, through the imports between its files. */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  readDeclarations,
  type Declarations,
  type InterfaceDeclaration,
  type Member,
} from './declarations.ts'

/** An interface, with the file that declares it: the names in its types are resolved from there. */
export interface FoundInterface {
  readonly declaration: InterfaceDeclaration
  readonly file: string
}

/** The declarations of a package, read when they are needed. Paths are absolute. */
export class PackageTypes {
  readonly #folder: string
  readonly #files = new Map<string, Declarations>()

  constructor(folder: string) {
    this.#folder = folder
  }

  declarationsIn(file: string): Declarations {
    const known = this.#files.get(file)
    if (known !== undefined) return known
    try {
      const declarations = readDeclarations(readFileSync(file, 'utf8'))
      this.#files.set(file, declarations)
      return declarations
    } catch (thrown) {
      throw new Error(`${file}: ${(thrown as Error).message}`, { cause: thrown })
    }
  }

  /** The file that declares a name which `file` declares or imports; undefined when it comes from another package. */
  fileOf(name: string, file: string): string | undefined {
    const { interfaces, aliases, lists, imports } = this.declarationsIn(file)
    if (interfaces.has(name) || aliases.has(name) || lists.has(name)) return file
    const path = imports.get(name)
    if (path === undefined) return undefined
    const imported = join(dirname(file), path.replace(/\.js$/, '.ts'))
    return existsSync(imported) ? this.fileOf(name, imported) : undefined
  }

  interfaceOf(name: string, file: string): FoundInterface | undefined {
    const at = this.fileOf(name, file)
    const declaration = at === undefined ? undefined : this.declarationsIn(at).interfaces.get(name)
    return declaration && { declaration, file: at! }
  }

  aliasOf(name: string, file: string): { readonly type: string; readonly file: string } | undefined {
    const at = this.fileOf(name, file)
    const type = at === undefined ? undefined : this.declarationsIn(at).aliases.get(name)
    return type === undefined ? undefined : { type, file: at! }
  }

  listOf(name: string, file: string): readonly string[] | undefined {
    const at = this.fileOf(name, file)
    return at === undefined ? undefined : this.declarationsIn(at).lists.get(name)
  }

  /** The file of the package that declares an interface or type. Throws when there is none, or more than one. */
  fileDeclaring(name: string): string {
    const files = globSync('src/**/*.ts', { cwd: this.#folder }).map((file) => join(this.#folder, file))
    const pattern = new RegExp(`^(export )?(interface|type) ${name}\\b`, 'm')
    const [file, ...more] = files.filter((one) => pattern.test(readFileSync(one, 'utf8')))
    if (file === undefined || more.length > 0)
      throw new Error(
        `${this.#folder}: expected one declaration of ${name}, found ${file ? more.length + 1 : 0}`,
      )
    return file
  }

  /** The members of an interface, and then those that it inherits. */
  membersOf({ declaration, file }: FoundInterface): { readonly member: Member; readonly file: string }[] {
    const inherited = declaration.bases.flatMap((base) => {
      const found = this.interfaceOf(base.replace(/<[^]*$/, ''), file)
      return found === undefined ? [] : this.membersOf(found)
    })
    return [...declaration.members.map((member) => ({ member, file })), ...inherited]
  }
}
