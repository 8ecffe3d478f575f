import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ImportTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.TypeElement;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Prints the imports and calls between the files of a Java project, as javac resolves them: the truth that the
 * dependency graph is compared with.
 *
 * <p>Takes the project's folder and its source roots in it, and prints one fact per line, fields separated by tabs:
 *
 * <pre>
 * file    PATH
 * import  PATH  IMPORTED-PATH
 * call    PATH  OFFSET  CALLEE-PATH  CALLEE-OFFSET
 * </pre>
 *
 * Paths are relative to the project, offsets count UTF-16 units: of the call, and of the beginning of the method,
 * constructor or class called. A call of {@code new T()} gives the class and its constructor; a constructor that
 * nobody wrote is none. Libraries that are missing leave calls of theirs out.
 */
public final class JavaOracle {
  private final Path root;
  private final Trees trees;
  private final SourcePositions positions;
  private final TreeSet<String> facts = new TreeSet<>();

  private JavaOracle(Path root, Trees trees) {
    this.root = root;
    this.trees = trees;
    this.positions = trees.getSourcePositions();
  }

  public static void main(String[] args) throws IOException {
    if (args.length < 2) {
      System.err.println("usage: java JavaOracle.java FOLDER SOURCE-ROOT...");
      System.exit(2);
    }
    Path root = Paths.get(args[0]).toRealPath();
    List<Path> sources = new ArrayList<>();
    for (int at = 1; at < args.length; at++) {
      try (Stream<Path> found = Files.walk(root.resolve(args[at]))) {
        sources.addAll(found.filter(path -> isSource(path)).sorted().collect(Collectors.toList()));
      }
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
      List<String> options = List.of("-proc:none", "-Xmaxerrs", "1", "-nowarn");
      JavacTask task = (JavacTask) compiler.getTask(
          Writer.nullWriter(), files, problem -> { }, options, null, files.getJavaFileObjectsFromPaths(sources));
      List<CompilationUnitTree> units = new ArrayList<>();
      task.parse().forEach(units::add);
      task.analyze();
      JavaOracle oracle = new JavaOracle(root, Trees.instance(task));
      units.forEach(oracle::read);
      PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
      oracle.facts.forEach(out::println);
      out.flush();
    }
  }

  private static boolean isSource(Path path) {
    String name = path.getFileName().toString();
    return name.endsWith(".java") && !name.equals("module-info.java");
  }

  private String pathOf(CompilationUnitTree unit) {
    return root.relativize(Paths.get(unit.getSourceFile().toUri())).toString().replace('\\', '/');
  }

  private void read(CompilationUnitTree unit) {
    String path = pathOf(unit);
    facts.add("file\t" + path);
    for (ImportTree one : unit.getImports()) {
      addImport(unit, path, one);
    }
    CharSequence text = text(unit);
    new TreePathScanner<Void, Void>() {
      @Override
      public Void visitMethodInvocation(MethodInvocationTree node, Void unused) {
        addCall(unit, path, node, trees.getElement(new TreePath(getCurrentPath(), node.getMethodSelect())), text);
        return super.visitMethodInvocation(node, unused);
      }

      @Override
      public Void visitNewClass(NewClassTree node, Void unused) {
        Element constructor = trees.getElement(getCurrentPath());
        Tree named = node.getIdentifier();
        Element type = trees.getElement(new TreePath(getCurrentPath(), named));
        addCall(unit, path, node, type, text);
        addCall(unit, path, node, node.getClassBody() == null ? constructor : null, text);
        return super.visitNewClass(node, unused);
      }
    }.scan(unit, null);
  }

  private static CharSequence text(CompilationUnitTree unit) {
    try {
      return unit.getSourceFile().getCharContent(true);
    } catch (IOException error) {
      return "";
    }
  }

  private void addImport(CompilationUnitTree unit, String path, ImportTree one) {
    TreePath at = new TreePath(new TreePath(new TreePath(unit), one), one.getQualifiedIdentifier());
    Element element = trees.getElement(at);
    if (one.isStatic() && one.getQualifiedIdentifier() instanceof MemberSelectTree) {
      Tree owner = ((MemberSelectTree) one.getQualifiedIdentifier()).getExpression();
      element = trees.getElement(new TreePath(at, owner));
    }
    TreePath declared = element instanceof TypeElement ? trees.getPath(element) : null;
    if (declared != null && !pathOf(declared.getCompilationUnit()).equals(path)) {
      facts.add("import\t" + path + "\t" + pathOf(declared.getCompilationUnit()));
    }
  }

  private void addCall(CompilationUnitTree unit, String path, Tree call, Element called, CharSequence text) {
    TreePath declared = called == null ? null : trees.getPath(called);
    long from = positions.getStartPosition(unit, call);
    if (declared == null || from < 0 || from >= text.length()) {
      return;
    }
    CompilationUnitTree other = declared.getCompilationUnit();
    long to = positions.getStartPosition(other, declared.getLeaf());
    if (called.getKind() == ElementKind.CONSTRUCTOR && isImplied(called, other, to)) {
      return;
    }
    if (call instanceof MethodInvocationTree && called.getKind() == ElementKind.CONSTRUCTOR) {
      addConstructor(unit, path, call, pathOf(other), to);
      return;
    }
    long at = positions.getEndPosition(unit, call instanceof MethodInvocationTree
        ? ((MethodInvocationTree) call).getMethodSelect() : ((NewClassTree) call).getIdentifier()) - 1;
    if (at < 0 || call instanceof NewClassTree && ((NewClassTree) call).getClassBody() != null) {
      at = startOfEnclosing(unit, call);
    }
    facts.add("call\t" + path + "\t" + Math.max(at, 0) + "\t" + pathOf(other) + "\t" + to);
  }

  /**
   * A call of another constructor, also one that javac added: it stands in its constructor, that of a nameless class
   * around it, and that of a class whose constructor nobody wrote nowhere.
   */
  private void addConstructor(CompilationUnitTree unit, String path, Tree call, String target, long to) {
    TreePath method = trees.getPath(unit, call);
    while (method != null && method.getLeaf().getKind() != Tree.Kind.METHOD) {
      method = method.getParentPath();
    }
    if (method == null) {
      return;
    }
    ClassTree type = (ClassTree) method.getParentPath().getLeaf();
    long at = positions.getStartPosition(unit, method.getLeaf());
    if (type.getSimpleName().length() == 0) {
      at = startOfEnclosing(unit, type);
    } else if (at < 0 || at == positions.getStartPosition(unit, type)) {
      return;
    }
    facts.add("call\t" + path + "\t" + Math.max(at, 0) + "\t" + target + "\t" + to);
  }

  /** A nameless class stands in the method or class around it, where its unit is another one. */
  private long startOfEnclosing(CompilationUnitTree unit, Tree call) {
    for (TreePath at = trees.getPath(unit, call).getParentPath(); at != null; at = at.getParentPath()) {
      Tree.Kind kind = at.getLeaf().getKind();
      boolean initializer = kind == Tree.Kind.BLOCK && at.getParentPath().getLeaf() instanceof ClassTree;
      if (initializer || kind == Tree.Kind.METHOD || at.getLeaf() instanceof ClassTree) {
        return positions.getStartPosition(unit, at.getLeaf());
      }
    }
    return 0;
  }

  /** Whether nobody wrote a constructor: it then stands where its class does. */
  private boolean isImplied(Element constructor, CompilationUnitTree unit, long at) {
    TreePath type = trees.getPath(constructor.getEnclosingElement());
    boolean generated = positions.getEndPosition(unit, trees.getPath(constructor).getLeaf()) < 0;
    return generated || at < 0 || type != null && positions.getStartPosition(unit, type.getLeaf()) == at;
  }
}
