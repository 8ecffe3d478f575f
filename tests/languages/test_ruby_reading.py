"""Ruby: what is read of a file that holds the awkward cases of the language."""

from language_checks import check_complexity, check_glue, check_kept, check_query, check_units

SOURCE = """\
#!/usr/bin/env ruby
# frozen_string_literal: true

require 'json'
require_relative '../x'
=begin
A block.
=end
module App::Web
  autoload :Page, 'app/page'
  # A thing.
  class Thing < Base # :nodoc:
    include Comparable
    attr_accessor :a # rubocop:disable Style/X

    sig { params(a: Integer).void }
    # Sets up.
    def initialize(a = 1) = @a = a
    def self.build; new if a && b; end
    private def hidden; end
    class << self
      def all; yield unless a; end
    end
    def ==(other)
      case other
      when Thing, Other then a ||= 1
      else x.each do |y| y ? 1 : 2 end
      end
    rescue E => e
      nil
    end
    def query?
      if a then 1 elsif b then 2 else 3 end
      text = <<~SQL
        # not a comment
      SQL
      "#{a # inside
      }"
    end
    define_method(:dynamic) { |x| x }
  end
end
Point = Struct.new(:x) do
  def norm; x or 0; end
end
RSpec.describe App do
  let(:a) { 1 }
  context "when b" do
    it("does c") { expect(a).to eq 1 }
    it { is_expected.to be }
  end
end
__END__
# data
"""


def test_ruby_definitions_are_units() -> None:
    check_units(
        "ruby",
        SOURCE,
        """
        6-42 class App.Web
        11-41 class App.Web.Thing
        16-18 function App.Web.Thing.initialize
        19-19 function App.Web.Thing.self.build
        20-20 function App.Web.Thing.hidden
        21-23 class App.Web.Thing.self
        22-22 function App.Web.Thing.self.all
        24-31 function App.Web.Thing.==
        32-39 function App.Web.Thing.query?
        40-40 function App.Web.Thing.:dynamic
        43-45 class Point
        44-44 function Point.norm
        46-52 block App
        48-51 block App.when b
        49-49 function App.when b.does c
        50-50 function App.when b.it
        """,
    )


def test_ruby_comments_are_glue() -> None:
    check_glue(
        "ruby",
        SOURCE,
        [
            "=begin\nA block.\n=end",
            "# A thing.",
            "# Sets up.",
            "# inside",
        ],
    )


def test_ruby_comments_that_are_read_are_kept() -> None:
    check_kept(
        "ruby",
        SOURCE,
        """
        shebang #!/usr/bin/env ruby
        pragma # frozen_string_literal: true
        pragma # :nodoc:
        pragma # rubocop:disable Style/X
        """,
    )


def test_ruby_branches_are_counted() -> None:
    check_complexity(
        "ruby",
        SOURCE,
        """
        1 0 App.Web
        1 0 App.Web.Thing
        1 0 App.Web.Thing.initialize
        3 0 App.Web.Thing.self.build
        1 0 App.Web.Thing.hidden
        1 0 App.Web.Thing.self
        2 0 App.Web.Thing.self.all
        5 1 App.Web.Thing.==
        3 1 App.Web.Thing.query?
        1 0 App.Web.Thing.:dynamic
        1 0 Point
        2 0 Point.norm
        1 0 App
        1 0 App.when b
        1 0 App.when b.does c
        1 0 App.when b.it
        """,
    )


def test_ruby_imports_are_found() -> None:
    check_query(
        "ruby",
        SOURCE,
        "imports",
        """
        module=json
        module=../x
        module=app/page name=:Page
        module=Comparable
        """,
    )


def test_ruby_calls_are_found() -> None:
    check_query(
        "ruby",
        SOURCE,
        "calls",
        """
        callee=require
        callee=require_relative
        callee=autoload
        callee=include
        callee=attr_accessor
        callee=sig
        callee=params
        callee=void
        callee=private
        callee=each
        callee=define_method
        callee=new
        callee=describe
        callee=let
        callee=context
        callee=it
        callee=expect
        callee=to
        callee=eq
        callee=it
        callee=to
        """,
    )


def test_ruby_the_words_of_specs_and_tasks_name_their_units() -> None:
    check_units(
        "ruby",
        "namespace :db do\n  desc 'Moves.'\n  task move: :env do\n    go\n  end\nend\n"
        "test 'adds' do\nend\ndef x.y() = 1\n",
        """
        2-5 function move: :env
        7-8 function adds
        9-9 function x.y
        """,
    )
