import { storeContract } from "./contract.ts"
import { openStore } from "./store.ts"

storeContract("SQLite", openStore)
