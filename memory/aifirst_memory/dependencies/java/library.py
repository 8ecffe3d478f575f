"""What Java's own library says that a reader knows by heart: enough types to tell overloads apart and to follow
elements through collections, streams and functions.

A line is a class with its type parameters, what it derives from, and `method=Type` by name; `fn(A,B)=R` is the one
method of a functional interface. A line that is indented goes on from the one above. Where overloads of a method
give different types, it is left out.
"""

from __future__ import annotations

from functools import cache
from typing import Final, NamedTuple

from aifirst_memory.dependencies.declared.value import Type

_TEXT: Final = """
Object: toString=String hashCode=int equals=boolean getClass=Class
Comparable<T>: compareTo=int
Serializable:
Cloneable:
AutoCloseable:
Closeable: AutoCloseable;
Flushable:
Appendable:
Readable:
RandomAccess:
EventListener:
InvocationHandler:
Member:
Executable: AccessibleObject Member;
AccessibleObject:
CharSequence: length=int charAt=char subSequence=CharSequence isEmpty=boolean chars=IntStream
String: CharSequence Comparable<String> Serializable; length=int charAt=char substring=String trim=String
  strip=String toLowerCase=String toUpperCase=String isEmpty=boolean isBlank=boolean indexOf=int
  lastIndexOf=int startsWith=boolean endsWith=boolean contains=boolean equalsIgnoreCase=boolean
  replace=String replaceAll=String replaceFirst=String split=[]<String> toCharArray=[]<char>
  getBytes=[]<byte> concat=String format=String valueOf=String join=String matches=boolean intern=String
  compareTo=int compareToIgnoreCase=int codePointAt=int repeat=String regionMatches=boolean formatted=String
  copyValueOf=String
StringBuilder: CharSequence Serializable; append=StringBuilder insert=StringBuilder reverse=StringBuilder
  deleteCharAt=StringBuilder delete=StringBuilder length=int charAt=char indexOf=int substring=String
  setLength=void replace=StringBuilder
StringBuffer: CharSequence Serializable; append=StringBuffer insert=StringBuffer reverse=StringBuffer
  deleteCharAt=StringBuffer length=int charAt=char indexOf=int substring=String
Number: Serializable; intValue=int longValue=long doubleValue=double floatValue=float shortValue=short
  byteValue=byte
Integer: Number Comparable<Integer>; parseInt=int valueOf=Integer toHexString=String toBinaryString=String
  compare=int bitCount=int
Long: Number Comparable<Long>; parseLong=long valueOf=Long compare=int
Double: Number Comparable<Double>; parseDouble=double valueOf=Double isNaN=boolean isInfinite=boolean
  compare=int doubleToLongBits=long doubleToRawLongBits=long
Float: Number Comparable<Float>; parseFloat=float valueOf=Float isNaN=boolean isInfinite=boolean compare=int
  floatToIntBits=int floatToRawIntBits=int
Short: Number Comparable<Short>; parseShort=short valueOf=Short compare=int
Byte: Number Comparable<Byte>; parseByte=byte valueOf=Byte compare=int
Boolean: Comparable<Boolean> Serializable; parseBoolean=boolean valueOf=Boolean booleanValue=boolean
Character: Comparable<Character> Serializable; charValue=char valueOf=Character isDigit=boolean
  isLetter=boolean isWhitespace=boolean isUpperCase=boolean isLowerCase=boolean isLetterOrDigit=boolean
  charCount=int
BigDecimal: Number Comparable<BigDecimal>; add=BigDecimal subtract=BigDecimal multiply=BigDecimal
  divide=BigDecimal valueOf=BigDecimal negate=BigDecimal setScale=BigDecimal
BigInteger: Number Comparable<BigInteger>; add=BigInteger subtract=BigInteger multiply=BigInteger
  divide=BigInteger valueOf=BigInteger shiftLeft=BigInteger bitLength=int
AtomicInteger: Number; get=int incrementAndGet=int getAndIncrement=int addAndGet=int decrementAndGet=int
AtomicLong: Number; get=long incrementAndGet=long getAndIncrement=long addAndGet=long
AtomicBoolean: Serializable; get=boolean getAndSet=boolean compareAndSet=boolean
AtomicReference<V>: Serializable; get=V getAndSet=V updateAndGet=V
Class<T>: Serializable Type; getName=String getSimpleName=String isInstance=boolean cast=T isArray=boolean
  isInterface=boolean isEnum=boolean isPrimitive=boolean isAssignableFrom=boolean getComponentType=Class
  getSuperclass=Class getInterfaces=[]<Class> getModifiers=int newInstance=T getClassLoader=ClassLoader
  getEnumConstants=[]<T> getTypeName=String getPackage=Package getDeclaredFields=[]<Field>
  getFields=[]<Field> getMethods=[]<Method> getDeclaredMethods=[]<Method> getConstructors=[]<Constructor>
  getMethod=Method getDeclaredMethod=Method getField=Field getDeclaredField=Field
  getDeclaredConstructor=Constructor<T>
Field: Member AccessibleObject; getName=String getType=Class getModifiers=int getGenericType=Type get=Object
Method: Member Executable AccessibleObject; getName=String getReturnType=Class getModifiers=int
  invoke=Object getParameterTypes=[]<Class> getDeclaringClass=Class
Constructor<T>: Member Executable AccessibleObject; getName=String newInstance=T getParameterTypes=[]<Class>
  getModifiers=int
Iterator<E>: next=E hasNext=boolean
ListIterator<E>: Iterator<E>; previous=E hasPrevious=boolean
Enumeration<E>: nextElement=E hasMoreElements=boolean
Iterable<E>: iterator=Iterator<E> spliterator=Spliterator<E> forEach(Consumer<E>)=void
Collection<E>: Iterable<E>; stream=Stream<E> parallelStream=Stream<E> size=int isEmpty=boolean
  contains=boolean add=boolean addAll=boolean removeAll=boolean retainAll=boolean containsAll=boolean
  removeIf(Predicate<E>)=boolean
List<E>: Collection<E>; get=E set=E subList=List<E> indexOf=int lastIndexOf=int listIterator=ListIterator<E>
  sort(Comparator<E>)=void replaceAll(UnaryOperator<E>)=void getFirst=E getLast=E removeFirst=E removeLast=E
ArrayList<E>: List<E> Cloneable Serializable;
LinkedList<E>: List<E> Deque<E> Cloneable Serializable;
Vector<E>: List<E>; elementAt=E firstElement=E lastElement=E elements=Enumeration<E>
Stack<E>: Vector<E>; push=E pop=E peek=E
CopyOnWriteArrayList<E>: List<E>;
Set<E>: Collection<E>;
SortedSet<E>: Set<E>; first=E last=E headSet=SortedSet<E> tailSet=SortedSet<E>
NavigableSet<E>: SortedSet<E>; floor=E ceiling=E higher=E lower=E pollFirst=E pollLast=E
  descendingSet=NavigableSet<E>
HashSet<E>: Set<E> Cloneable Serializable;
LinkedHashSet<E>: Set<E>;
TreeSet<E>: NavigableSet<E>;
EnumSet<E>: Set<E>;
Queue<E>: Collection<E>; peek=E poll=E element=E offer=boolean
Deque<E>: Queue<E>; push=void pop=E peekFirst=E peekLast=E pollFirst=E pollLast=E getFirst=E getLast=E
  removeFirst=E removeLast=E descendingIterator=Iterator<E>
ArrayDeque<E>: Deque<E>;
PriorityQueue<E>: Queue<E>;
BlockingQueue<E>: Queue<E>; take=E
Map<K,V>: get=V put=V remove=V getOrDefault=V putIfAbsent=V containsKey=boolean containsValue=boolean
  size=int isEmpty=boolean keySet=Set<K> values=Collection<V> entrySet=Set<Entry<K,V>>
  forEach(BiConsumer<K,V>)=void computeIfAbsent(?,Function<K,V>)=V computeIfPresent(?,BiFunction<K,V,V>)=V
  compute(?,BiFunction<K,V,V>)=V merge(?,?,BiFunction<V,V,V>)=V replaceAll(BiFunction<K,V,V>)=void
HashMap<K,V>: Map<K,V> Cloneable Serializable;
LinkedHashMap<K,V>: HashMap<K,V>;
SortedMap<K,V>: Map<K,V>; firstKey=K lastKey=K headMap=SortedMap<K,V> tailMap=SortedMap<K,V>
NavigableMap<K,V>: SortedMap<K,V>; firstEntry=Entry<K,V> lastEntry=Entry<K,V> floorEntry=Entry<K,V>
  ceilingEntry=Entry<K,V>
TreeMap<K,V>: NavigableMap<K,V>;
EnumMap<K,V>: Map<K,V>;
IdentityHashMap<K,V>: Map<K,V>;
WeakHashMap<K,V>: Map<K,V>;
ConcurrentMap<K,V>: Map<K,V>;
ConcurrentHashMap<K,V>: ConcurrentMap<K,V>;
Entry<K,V>: getKey=K getValue=V setValue=V
Optional<T>: get=T orElse=T orElseThrow=T orElseGet=T isPresent=boolean isEmpty=boolean
  map(Function<T,R>)=Optional<R> flatMap(Function<T,R>)=R filter(Predicate<T>)=Optional<T>
  ifPresent(Consumer<T>)=void ifPresentOrElse(Consumer<T>,Runnable)=void stream=Stream<T>
Stream<T>: filter(Predicate<T>)=Stream<T> map(Function<T,R>)=Stream<R> flatMap(Function<T,R>)=R
  forEach(Consumer<T>)=void forEachOrdered(Consumer<T>)=void anyMatch(Predicate<T>)=boolean
  allMatch(Predicate<T>)=boolean noneMatch(Predicate<T>)=boolean findFirst=Optional<T> findAny=Optional<T>
  sorted(Comparator<T>)=Stream<T> distinct=Stream<T> limit=Stream<T> skip=Stream<T>
  peek(Consumer<T>)=Stream<T> count=long min(Comparator<T>)=Optional<T> max(Comparator<T>)=Optional<T>
  mapToInt(ToIntFunction<T>)=IntStream mapToLong(ToLongFunction<T>)=LongStream
  mapToDouble(ToDoubleFunction<T>)=DoubleStream toList=List<T> iterator=Iterator<T>
  takeWhile(Predicate<T>)=Stream<T> dropWhile(Predicate<T>)=Stream<T> parallel=Stream<T>
  sequential=Stream<T> of=Stream<T>
IntStream: filter=IntStream sum=int mapToObj(IntFunction<R>)=Stream<R> boxed=Stream<Integer> range=IntStream
  rangeClosed=IntStream toArray=[]<int> count=long
LongStream: sum=long
DoubleStream: sum=double
Thread: getName=String currentThread=Thread isAlive=boolean isInterrupted=boolean getId=long
ThreadLocal<T>: get=T
Reference<T>: get=T
WeakReference<T>: Reference<T>;
SoftReference<T>: Reference<T>;
Future<V>: get=V isDone=boolean
CompletableFuture<V>: Future<V>; join=V thenApply(Function<V,R>)=CompletableFuture<R>
  thenAccept(Consumer<V>)=CompletableFuture<Void>
Callable<V>: fn()=V call
Supplier<T>: fn()=T get
Runnable: fn()=void run
Consumer<T>: fn(T)=void accept
BiConsumer<T,U>: fn(T,U)=void accept
Function<T,R>: fn(T)=R apply
BiFunction<T,U,R>: fn(T,U)=R apply
UnaryOperator<T>: Function<T,T>; fn(T)=T apply
BinaryOperator<T>: BiFunction<T,T,T>; fn(T,T)=T apply
Predicate<T>: fn(T)=boolean test
BiPredicate<T,U>: fn(T,U)=boolean test
IntFunction<R>: fn(int)=R apply
IntPredicate: fn(int)=boolean test
IntUnaryOperator: fn(int)=int applyAsInt
IntBinaryOperator: fn(int,int)=int applyAsInt
IntConsumer: fn(int)=void accept
IntSupplier: fn()=int getAsInt
LongSupplier: fn()=long getAsLong
DoubleSupplier: fn()=double getAsDouble
BooleanSupplier: fn()=boolean getAsBoolean
ToIntFunction<T>: fn(T)=int applyAsInt
ToLongFunction<T>: fn(T)=long applyAsLong
ToDoubleFunction<T>: fn(T)=double applyAsDouble
Comparator<T>: fn(T,T)=int compare
Math: sqrt=double pow=double floor=double ceil=double random=double
System: currentTimeMillis=long nanoTime=long getProperty=String getenv=String lineSeparator=String
  identityHashCode=int
Objects: hash=int hashCode=int equals=boolean toString=String isNull=boolean nonNull=boolean
Throwable: Serializable; getMessage=String getCause=Throwable getStackTrace=[]<StackTraceElement>
  toString=String
Exception: Throwable;
RuntimeException: Exception;
IllegalArgumentException: RuntimeException;
IllegalStateException: RuntimeException;
UnsupportedOperationException: RuntimeException;
IndexOutOfBoundsException: RuntimeException;
NullPointerException: RuntimeException;
IOException: Exception;
InterruptedException: Exception;
Error: Throwable;
Reader: Closeable Readable; read=int
StringReader: Reader;
InputStreamReader: Reader;
BufferedReader: Reader; readLine=String
FileReader: InputStreamReader;
Writer: Closeable Appendable Flushable;
StringWriter: Writer; toString=String
PrintWriter: Writer;
InputStream: Closeable; read=int
OutputStream: Closeable Flushable;
PrintStream: OutputStream Appendable;
Type: getTypeName=String
ParameterizedType: Type; getRawType=Type getOwnerType=Type getActualTypeArguments=[]<Type>
WildcardType: Type; getUpperBounds=[]<Type> getLowerBounds=[]<Type>
GenericArrayType: Type; getGenericComponentType=Type
TypeVariable<D>: Type; getName=String
Date: Comparable<Date> Serializable Cloneable; getTime=long
Calendar: Comparable<Calendar> Serializable Cloneable; get=int getTime=Date getTimeInMillis=long
  getTimeZone=TimeZone
TimeZone: Serializable Cloneable; getID=String getRawOffset=int
Locale: Serializable Cloneable; getLanguage=String getCountry=String toString=String
"""


class Functional(NamedTuple):
    """The one method of a functional interface."""

    name: str
    params: tuple[Type, ...]
    result: Type


class LibraryMethod(NamedTuple):
    """What a method gives, and the functions that it takes; an unknown type where it does not take one."""

    params: tuple[Type, ...]
    result: Type


class LibraryClass(NamedTuple):
    """A class of the library; its own type parameters are `$`-names everywhere in it."""

    params: tuple[str, ...]
    bases: tuple[Type, ...]
    methods: dict[str, LibraryMethod]
    functional: Functional | None


@cache
def library_class(name: str) -> LibraryClass | None:
    """A class by its simple name; None for one that is not known here."""
    line = _lines().get(name)
    if line is None and name.endswith(("Exception", "Error")):
        # What errors are called, they are.
        line = (name, "RuntimeException;" if name.endswith("Exception") else "Error;")
    return None if line is None else _parse(*line)


@cache
def _lines() -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for line in _TEXT.replace("\n  ", " ").strip().splitlines():
        head, _, rest = line.partition(":")
        found[head.partition("<")[0]] = (head, rest)
    return found


def _parse(head: str, rest: str) -> LibraryClass:
    params = tuple(filter(None, head.partition("<")[2].rstrip(">").split(",")))
    bases, semicolon, listed = rest.partition(";")
    if not semicolon:
        bases, listed = "", rest
    names = frozenset((*params, "R"))
    methods: dict[str, LibraryMethod] = {}
    functional: Functional | None = None
    tokens = listed.split()
    for at, token in enumerate(tokens):
        called, equals, result = token.partition("=")
        name, _, taken = called.partition("(")
        if not equals:
            continue
        types = _types(taken.rstrip(")"), names)
        if name == "fn":
            name = tokens[at + 1]
            functional = Functional(name, types, _types(result, names)[0])
        methods[name] = LibraryMethod(types, _types(result, names)[0])
    return LibraryClass(params, tuple(_types(base, names)[0] for base in bases.split()), methods, functional)


def _types(text: str, params: frozenset[str]) -> tuple[Type, ...]:
    """The types of a list with commas."""
    found: list[Type] = []
    depth = start = 0
    for at, sign in enumerate(text + ","):
        depth += (sign == "<") - (sign == ">")
        if sign == "," and not depth:
            if text[start:at]:
                found.append(_type(text[start:at], params))
            start = at + 1
    return tuple(found)


def _type(text: str, params: frozenset[str]) -> Type:
    name, _, inner = text.partition("<")
    args = _types(inner.removesuffix(">"), params) if inner else ()
    if name == "?":
        return Type("")
    return Type(f"${name}" if name in params else name, "", args)
