/// The version of the program and of everything it writes down.
package let splitpipeVersion = "0.1.0"
