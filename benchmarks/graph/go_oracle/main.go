// Command go_oracle prints the imports and static calls between the packages of a Go project, as the Go type
// checker resolves them: the truth that the dependency graph is compared with.
//
// It takes the project's folder, and build tags if any, and prints one fact per line, fields separated by tabs:
//
//	file    PATH
//	import  PATH  FOLDER
//	call    PATH  OFFSET  CALLEE-PATH  CALLEE-OFFSET
//
// Paths are relative to the project, offsets are bytes: of the called name, and of the name of the function called.
// A call of an interface's method or of a function value has no static callee and is left out. Only the standard
// library is used: packages are listed and compiled by `go list`, and checked here against its export data.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
)

type listed struct {
	ImportPath, Dir, Export, ForTest string
	GoFiles, CgoFiles                []string
	ImportMap                        map[string]string
	Standard                         bool
}

type oracle struct {
	root     string
	fset     *token.FileSet
	exports  map[string]string
	folders  map[string]string
	declared map[string]token.Position
	facts    map[string]bool
}

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: go_oracle FOLDER [TAG...]")
		os.Exit(2)
	}
	root, err := filepath.Abs(os.Args[1])
	if err == nil {
		err = run(root, strings.Join(os.Args[2:], ","))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "go_oracle:", err)
		os.Exit(1)
	}
}

func run(root, tags string) error {
	packages, err := list(root, tags)
	if err != nil {
		return err
	}
	o := &oracle{root, token.NewFileSet(), map[string]string{}, map[string]string{}, map[string]token.Position{}, map[string]bool{}}
	for _, p := range packages {
		o.exports[p.ImportPath] = p.Export
		o.folders[p.ImportPath] = p.Dir
	}
	own := choose(packages, root)
	parsed := map[string][]*ast.File{}
	for _, p := range own {
		for _, name := range append(append([]string{}, p.GoFiles...), p.CgoFiles...) {
			file, err := parser.ParseFile(o.fset, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			parsed[p.ImportPath] = append(parsed[p.ImportPath], file)
			o.declare(plain(p.ImportPath), file)
		}
	}
	for _, p := range own {
		o.check(p, parsed[p.ImportPath])
	}
	lines := make([]string, 0, len(o.facts))
	for line := range o.facts {
		lines = append(lines, line)
	}
	sort.Strings(lines)
	out := bufio.NewWriter(os.Stdout)
	for _, line := range lines {
		fmt.Fprintln(out, line)
	}
	return out.Flush()
}

// list has all packages of the project and what they need, compiled, with the variants that their tests need.
func list(root, tags string) ([]listed, error) {
	command := exec.Command("go", "list", "-tags", tags, "-deps", "-test", "-export", "-e",
		"-json=ImportPath,Dir,Export,ForTest,GoFiles,CgoFiles,ImportMap,Standard", "./...")
	command.Dir = root
	command.Stderr = os.Stderr
	data, err := command.Output()
	if err != nil {
		return nil, err
	}
	var found []listed
	for decoder := json.NewDecoder(strings.NewReader(string(data))); ; {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return found, nil
		} else if err != nil {
			return nil, err
		}
		found = append(found, p)
	}
}

// choose has the project's own packages; of one with tests in it the variant that holds those.
func choose(packages []listed, root string) []listed {
	tested := map[string]bool{}
	for _, p := range packages {
		if p.ForTest != "" && plain(p.ImportPath) == p.ForTest {
			tested[p.ForTest] = true
		}
	}
	var own []listed
	for _, p := range packages {
		inside := p.Dir == root || strings.HasPrefix(p.Dir, root+string(filepath.Separator))
		vendored := strings.Contains(p.Dir, string(filepath.Separator)+"vendor"+string(filepath.Separator))
		generated := strings.HasSuffix(p.ImportPath, ".test")
		variant := p.ForTest != "" && plain(p.ImportPath) != p.ForTest && plain(p.ImportPath) != p.ForTest+"_test"
		if !inside || vendored || p.Standard || generated || variant {
			continue
		}
		if p.ForTest == "" && tested[p.ImportPath] {
			continue
		}
		own = append(own, p)
	}
	return own
}

// plain is an import path without the mark of a test's variant.
func plain(path string) string {
	at, _, _ := strings.Cut(path, " ")
	return at
}

func (o *oracle) place(pos token.Pos) (string, int) {
	at := o.fset.PositionFor(pos, false)
	path, err := filepath.Rel(o.root, at.Filename)
	if err != nil {
		return at.Filename, at.Offset
	}
	return filepath.ToSlash(path), at.Offset
}

// declare notes where the functions of a file stand.
func (o *oracle) declare(pkg string, file *ast.File) {
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok {
			receiver := ""
			if f.Recv != nil && len(f.Recv.List) > 0 {
				receiver = base(f.Recv.List[0].Type)
			}
			o.declared[pkg+"\t"+receiver+"\t"+f.Name.Name] = o.fset.PositionFor(f.Name.Pos(), false)
		}
	}
}

// base is the name of a receiver's type.
func base(e ast.Expr) string {
	for {
		switch t := e.(type) {
		case *ast.StarExpr:
			e = t.X
		case *ast.ParenExpr:
			e = t.X
		case *ast.IndexExpr:
			e = t.X
		case *ast.IndexListExpr:
			e = t.X
		case *ast.Ident:
			return t.Name
		default:
			return ""
		}
	}
}

func (o *oracle) check(p listed, files []*ast.File) {
	lookup := func(path string) (io.ReadCloser, error) {
		if mapped, ok := p.ImportMap[path]; ok {
			path = mapped
		}
		if o.exports[path] == "" {
			return nil, fmt.Errorf("no export data for %s", path)
		}
		return os.Open(o.exports[path])
	}
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{}}
	config := types.Config{Importer: importer.ForCompiler(o.fset, "gc", lookup), Error: func(error) {}, FakeImportC: true}
	_, err := config.Check(plain(p.ImportPath), o.fset, files, info)
	if err != nil {
		fmt.Fprintln(os.Stderr, "go_oracle:", p.ImportPath, err)
	}
	for _, file := range files {
		path, _ := o.place(file.Pos())
		o.facts["file\t"+path] = true
		o.imports(p, path, file)
		ast.Inspect(file, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				o.call(call, info)
			}
			return true
		})
	}
}

func (o *oracle) imports(p listed, path string, file *ast.File) {
	for _, spec := range file.Imports {
		imported := strings.Trim(spec.Path.Value, "\"`")
		if mapped, ok := p.ImportMap[imported]; ok {
			imported = mapped
		}
		folder, err := filepath.Rel(o.root, o.folders[imported])
		if err == nil && o.folders[imported] != "" && !strings.HasPrefix(folder, "..") {
			o.facts["import\t"+path+"\t"+filepath.ToSlash(folder)] = true
		}
	}
}

func (o *oracle) call(call *ast.CallExpr, info *types.Info) {
	name := called(call.Fun)
	if name == nil {
		return
	}
	function, ok := info.Uses[name].(*types.Func)
	if !ok || function.Pkg() == nil {
		return
	}
	function = function.Origin()
	receiver := ""
	if r := function.Type().(*types.Signature).Recv(); r != nil {
		t := r.Type()
		if pointer, ok := t.(*types.Pointer); ok {
			t = pointer.Elem()
		}
		named, ok := t.(*types.Named)
		if !ok || types.IsInterface(named) {
			return
		}
		receiver = named.Obj().Name()
	}
	at, ok := o.declared[function.Pkg().Path()+"\t"+receiver+"\t"+function.Name()]
	if !ok {
		return
	}
	path, offset := o.place(name.Pos())
	target, err := filepath.Rel(o.root, at.Filename)
	if err == nil {
		o.facts[fmt.Sprintf("call\t%s\t%d\t%s\t%d", path, offset, filepath.ToSlash(target), at.Offset)] = true
	}
}

// called is the name that a call calls, past parentheses and type arguments.
func called(e ast.Expr) *ast.Ident {
	for {
		switch t := e.(type) {
		case *ast.ParenExpr:
			e = t.X
		case *ast.IndexExpr:
			e = t.X
		case *ast.IndexListExpr:
			e = t.X
		case *ast.SelectorExpr:
			return t.Sel
		case *ast.Ident:
			return t
		default:
			return nil
		}
	}
}
