import { findOwnModules } from "../../bin/own-modules.js"

// Set up before the tests of a process, which load the same modules as the command.

findOwnModules()
