import ArgumentParser
import SplitpipeCore
import SplitpipeNetwork
import SplitpipePipeline
import SplitpipeSession
import SplitpipeStages

struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Run the tail of a network for cameras on other machines.",
    discussion: """
      Model, split and what the input of the network is like have to be those of the cameras. It says \
      "listening on HOST:PORT" once it is ready; port 0 takes a free one. SIGTERM lets what was accepted \
      finish, and ends it.

      EXAMPLE
        splitpipe serve --model yolov5n.pt --split 4.m --listen 0.0.0.0:7070 \\
          --certificate server.pem --key server.key --client-ca ca.pem
      """)

  @OptionGroup var model: ModelOptions

  @Option(help: SplitHelp.one)
  var split: String?

  @OptionGroup(title: "Input of the network") var input: InputOptions

  @Option(help: ArgumentHelp("The address to listen on.", valueName: "host:port"))
  var listen: String

  @OptionGroup(title: "Who may connect") var security: ServerSecurityOptions

  @OptionGroup(title: "Limits") var limits: ServerLimitOptions

  @Option(help: "Inferences at a time, which share the processors.")
  var workers = 1

  @Flag(help: "Do not say which cameras come and go.")
  var quiet = false

  func run() async throws {
    let address = try Address.parse(listen, option: "--listen")
    var request = ServeRequest()
    request.model = model.model
    request.precision = try model.chosenPrecision()
    request.split = split
    request.input = try input.settings()
    request.workers = workers
    request.limits = limits.limits
    let quiet = quiet
    let log: @Sendable (String) -> Void = { sentence in
      if !quiet { Terminal.say(sentence) }
    }
    let security = security.settings
    try security.check(for: address)
    Interruption.listen()
    let prepared = try prepareServer(request, log: log)
    for note in prepared.notes { Terminal.say("note: \(note)") }
    if let warning = security.warning { Terminal.say("warning: \(warning)") }
    let host = try await GRPCHost(
      prepared.server, address: address, security: security, log: log)
    try await host.run { address in
      Terminal.say("listening on \(address)")
    } until: {
      while !Interruption.signal.isStopped { try await Task.sleep(for: .milliseconds(50)) }
    }
  }
}
