/** What `ebox` says of itself. */
export const USAGE = `Usage: ebox <command> [options]

  token --client <id> --scope "<scopes>"    print an access token of a demo client
           [--certificate <pem> --key <pem>] bound to a certificate
  token --person <id> --scope "<scopes>"    print an access token of a demo person
  config check                              say what is wrong or missing in the settings
  config example                            print every setting with its meaning
  template check                            say what is wrong with the templates, all at once
  template preview <type> <nl|fr|de>        write an attestation of that type as PDF and PNG, with facts of nobody
           [--out <folder>] [--long]        into another folder; with long names and full tables
  keys list                                 the keys: what for, since when, until when, which is next
  keys make --name <name> [--algorithm p-256|p-384|rsa-3072]
                                            make a seal key in SEAL_KEYS_DIR
  keys csr [--name <name>] [--subject "CN=…,O=…,C=BE"]
                                            print a certificate request (PKCS#10) for a seal key
  keys rekey status|start --actor <name>    change over to another vault secret, and how far that is
  health                                    ask the service on this machine whether it works
  verify <file.pdf> … --trust <file>        say without internet whether files are documents of ours, unchanged
  verify --export-trust <file> --service <url>
                                            get the certificates that this is said by
  evidence verify [--folder <export>]       say whether the evidence log is whole, and if not where it was changed;
           [--keys <file>] [--head <n:root>] against keys and a head known from elsewhere
           [--tsa-trust <file>]             its time-stamps against these certificates (PEM)
           [--database <url>]               and the database against it
  evidence verify <file> [--seal-trust <pem>]  check the proof of one record, or the evidence of a message (JSON, PDF)
  evidence export --folder <folder>         copy the exported log from the locked bucket
  evidence keys                             print the public key that seals its heads
  evidence retention [--database <url>]     say until when each month of audit entries is kept
  privacy erase --actor <name> --reason "…" erase the person whose SSIN comes on standard input
  privacy hold add|list|release             keep a person (SSIN on standard input) or --case <id> from being erased;
           [--all] [--hold <id>]            with --actor and --reason
  privacy retention [--apply --actor …]     what has been kept for its time, table by table; --apply deletes it
  backup --folder <new folder>              copy the register as it is now, without the keys of persons and files
           --keys <new folder>              their keys, and who was erased
           --objects <folder>               archived objects that are not in the folder yet
           [--database <url>]
  restore --folder <backup> --keys <backup of keys> [--objects <folder>]
           [--database <url>]               fill an empty database and archive with it
  mail bounce < mail                        take in a mail that came back: a mail server pipes it into this
  reconcile [--database <url>]              hold the archive against the register: what is missing, what nothing names
  jobs list                                 what was set aside for an operator, and why
  jobs retry --job <id>|--kind <kind>|--all --actor <name>
                                            have it tried again
  relay list                                what another registry refused
  relay retry --message <id> --actor <name>
                                            have it tried again
  sessions end --person <id> | --all --actor <name>
                                            log people out of the pages: one, by the id that evidence has, or everybody
  batch submit <file.csv|file.xml>          send a batch of declarations; says its id
           [--dry-run] [--follow]           check it only; show how far it is until it is done
           [--resume UPLOAD]                go on with a large file whose transfer broke off
           [--canary N]                     issue the first N rows, and wait before the others
  batch select <selection.json>             have a batch made of a selection on the register; says its id
           [--dry-run] [--follow] [--canary N]
  batch start|pause|resume|cancel|recall|follow <id> [--follow]
                                            start what was checked; order about a batch that goes on; look on
           [--service <url>] [--token <file> | --client <id>]
                                            another service; with an access token, or as another demo client
  flow list                                 the flows, who ordered them, and what became of their last runs
  flow run --flow <name> --organization <number> --actor <name> [--whole]
                                            have a flow run that was ordered; a worker of the service does it
  simulate <type|flow> --unit-value <euros> --actor <name>
           [--rule <id>] [--standing entitled|granted|notGranted] [--database <url>]
                                            persons and amounts by municipality; nothing is issued
  register settle --actor <name>            have every case settled again, after a type or rule was added
  register rejects <file id> --out <new file> --actor <name>
                                            write the rows of a register file that were refused, with the reasons
  population [--persons <n>] [--seed <n>] [--out <folder>]
                                            write register files of a population that does not exist
  capacity [--persons 12e6] [--documents 100e6]
           [--years 10] [--peak 1e6] [--minutes 15] [--cores 16] [--gb-price 0.02] [--results <folder>]
                                            machines, volumes and times of a country, from what was measured
  capacity simulate [--unit-value <euros>] [--take-up <0 to 1>] [--persons <n>]
           [--clerk-minutes <n>] [--applicant-minutes <n>] [--seed <n>]
                                            what rights granted without being asked come to in three generated
                                            municipalities, with every formula and assumption
  screenshots [--to <folder>] [--only <words>] [--check]
                                            pictures of all pages, in four languages at two widths; takes Chromium;
                                            words with commas: only those with one of them in their name; checked:
                                            axe-core looks for what keeps people out
  demo                                      the main job from declaration to verification, on embedded parts

Options: --json  one JSON object as the last line
`;
