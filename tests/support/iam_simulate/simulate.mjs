// Reads a simulation with a list of actions a line, and writes what iam-simulate says of each action.
import { createInterface } from 'node:readline'
import { anonymousPrincipal, runSimulation } from '@cloud-copilot/iam-simulate'

for await (const line of createInterface({ input: process.stdin })) {
  const { simulation, actions } = JSON.parse(line)
  const said = {}
  for (const action of actions) {
    const principal = simulation.request.principal ?? anonymousPrincipal
    const result = await runSimulation({ ...simulation, request: { ...simulation.request, principal, action } }, {})
    said[action] = result.resultType === 'single' ? result.overallResult : null
  }
  console.log(JSON.stringify(said))
}
