//! Measures servers of the same endpoints against each other, request by request and side by side: CPU from the
//! scheduler's accounting, instructions by callgrind, system calls by strace, memory and start from the system.
//! `docs/benchmarks.md` says how it is called and what came of it.

mod budget;
mod callgrind;
mod codes;
mod endpoints;
mod load;
mod server;
mod table;
mod traced;

use std::path::{Path, PathBuf};

use anyhow::{Result, bail, ensure};
use clap::{Parser, Subcommand};

use endpoints::{ENDPOINTS, Endpoint};
use server::{Cores, Kind, Server};
use table::Row;
use traced::Counted;

#[derive(Parser)]
#[command(about = "Measures servers of the same endpoints against each other")]
struct Arguments {
    #[command(subcommand)]
    what: What,
    /// The servers: `name=path`, the first of which the others are compared to. A name that begins with `ours` or `old`
    /// is an adapter, which is started with `--dev` and without limits on sending.
    #[arg(long = "server", global = true, value_parser = named)]
    servers: Vec<Kind>,
    /// The endpoints, all if none is named.
    #[arg(long = "endpoint", global = true)]
    endpoints: Vec<String>,
    /// Asks for these in place of the eight endpoints: `name=path=file`, a POST whose body is in the file, to be answered with 200.
    #[arg(long = "post", global = true, value_parser = Endpoint::posted_to)]
    posts: Vec<Endpoint>,
    /// Requests in each round; a budget has its own.
    #[arg(long, global = true, default_value_t = 10_000)]
    requests: usize,
    /// Connections at once; a budget has its own.
    #[arg(long, global = true, default_value_t = 32)]
    connections: usize,
}

#[derive(Subcommand, Clone)]
enum What {
    /// CPU a request, in rounds in which the servers take turns, and memory afterwards.
    Cpu {
        /// How many rounds.
        #[arg(long, default_value_t = 10)]
        rounds: usize,
    },
    /// Instructions a request, by callgrind.
    Instructions(Counted),
    /// System calls a request, by strace.
    Calls,
    /// Memory and time from the start to the first answer.
    Start {
        /// How many starts.
        #[arg(long, default_value_t = 20)]
        rounds: usize,
    },
    /// Fails if the first server takes more instructions for a request than a file has recorded, and 5 % more.
    Budget {
        /// The file.
        file: PathBuf,
        /// Writes it anew instead, with what is counted now.
        #[arg(long)]
        record: bool,
    },
    /// Verification of right codes with ever more live codes in the store, of an adapter that knows every user.
    Codes(codes::Options),
    /// Measures the first server against itself, and against itself with a quarter planted on top.
    SelfTest,
}

fn named(text: &str) -> Result<Kind> {
    let Some((name, path)) = text.split_once('=') else { bail!("`name=path` is expected") };
    Ok(Kind { name: name.to_owned(), binary: PathBuf::from(path), environment: Vec::new(), cores: Cores::Own })
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    ensure!(!arguments.servers.is_empty(), "no server is named");
    if !matches!(&arguments.what, What::Codes(options) if options.all_cores) {
        server::pin_self()?;
    }
    let all = arguments.endpoints.is_empty();
    let known = if arguments.posts.is_empty() { ENDPOINTS } else { &arguments.posts };
    let endpoints: Vec<&Endpoint> =
        known.iter().filter(|endpoint| all || arguments.endpoints.iter().any(|name| name == endpoint.name)).collect();
    match &arguments.what {
        What::Cpu { rounds } => cpu(&arguments, &endpoints, *rounds).await,
        What::Instructions(_) | What::Calls => counted(&arguments, &endpoints).await,
        What::Start { rounds } => start(&arguments, *rounds).await,
        What::Budget { file, record: true } => record(&arguments, &endpoints, file).await,
        What::Budget { file, record: false } => within_budget(&arguments, &endpoints, file).await,
        What::Codes(options) => codes::measure(options, &arguments.servers, arguments.requests).await,
        What::SelfTest => self_test(&arguments).await,
    }
}

/// Microseconds of CPU of each server for one endpoint, round by round.
async fn rounds(arguments: &Arguments, endpoint: &Endpoint, kinds: &[Kind], rounds: usize) -> Result<Vec<Row>> {
    let mut rows: Vec<Row> = kinds.iter().map(|kind| Row::new(&kind.name)).collect();
    let mut running = Vec::new();
    for kind in kinds {
        let server = Server::start(kind, &[]).await?;
        load::run(&server.address, endpoint, arguments.connections, arguments.requests / 5).await?;
        running.push(server);
    }
    for _ in 0..rounds {
        for (server, row) in running.iter().zip(&mut rows) {
            let before = server.cpu()?;
            load::run(&server.address, endpoint, arguments.connections, arguments.requests).await?;
            let nanos = server.cpu()?.saturating_sub(before);
            row.values.push(nanos as f64 / 1_000.0 / arguments.requests as f64);
        }
    }
    for (server, row) in running.iter().zip(&mut rows) {
        row.peak = server.memory("VmHWM")?;
    }
    for server in running {
        server.stop().await?;
    }
    Ok(rows)
}

async fn cpu(arguments: &Arguments, endpoints: &[&Endpoint], count: usize) -> Result<()> {
    println!("CPU, µs a request: median (least – most) of {count} rounds of {} requests", arguments.requests);
    let mut all = Vec::new();
    for endpoint in endpoints {
        let rows = rounds(arguments, endpoint, &arguments.servers, count).await?;
        table::print(endpoint.name, &rows);
        all.push(rows);
    }
    table::means(&all);
    Ok(())
}

async fn counted(arguments: &Arguments, endpoints: &[&Endpoint]) -> Result<()> {
    let instructions = if let What::Instructions(counted) = &arguments.what { Some(counted) } else { None };
    println!("{} a request", if instructions.is_some() { "thousand instructions" } else { "system calls" });
    let (requests, connections) = (arguments.requests, arguments.connections);
    let mut all = Vec::new();
    for endpoint in endpoints {
        let mut rows = Vec::new();
        for kind in &arguments.servers {
            let mut row = Row::new(&kind.name);
            row.values.push(match instructions {
                Some(counted) => traced::instructions(kind, endpoint, requests, connections, counted).await?,
                None => traced::calls(kind, endpoint, requests, connections).await?,
            });
            rows.push(row);
        }
        table::print(endpoint.name, &rows);
        all.push(rows);
    }
    table::means(&all);
    Ok(())
}

/// The instructions of a request, in thousands, as a budget has them.
async fn budgeted(kind: &Kind, endpoint: &Endpoint) -> Result<f64> {
    traced::instructions(kind, endpoint, budget::REQUESTS, budget::CONNECTIONS, &Counted::default()).await
}

async fn within_budget(arguments: &Arguments, endpoints: &[&Endpoint], file: &Path) -> Result<()> {
    let Some(kind) = arguments.servers.first() else { bail!("no server") };
    let budgets = budget::read(file)?;
    let mut over = Vec::new();
    for endpoint in endpoints {
        let Some(recorded) = budgets.get(endpoint.name) else { bail!("`{}` has no budget", endpoint.name) };
        let mut counted = f64::INFINITY;
        for _ in 0..budget::TRIES {
            counted = counted.min(budgeted(kind, endpoint).await?);
            if !budget::is_over(counted, *recorded) {
                break;
            }
        }
        let change = (counted / recorded - 1.0) * 100.0;
        println!("{}: {counted:.1} thousand instructions, {recorded:.1} recorded, {change:+.1} %", endpoint.name);
        over.extend(budget::is_over(counted, *recorded).then_some(endpoint.name));
    }
    ensure!(over.is_empty(), "more than recorded: {}", over.join(", "));
    Ok(())
}

async fn record(arguments: &Arguments, endpoints: &[&Endpoint], file: &Path) -> Result<()> {
    let Some(kind) = arguments.servers.first() else { bail!("no server") };
    ensure!(endpoints.len() == ENDPOINTS.len(), "all endpoints are recorded, or none");
    let mut rows = Vec::new();
    for endpoint in endpoints {
        let mut row = Row::new(endpoint.name);
        for _ in 0..budget::TRIES {
            row.values.push(budgeted(kind, endpoint).await?);
        }
        table::print(endpoint.name, std::slice::from_ref(&row));
        rows.push((endpoint.name, row.median()));
    }
    budget::write(file, &rows)
}

async fn start(arguments: &Arguments, rounds: usize) -> Result<()> {
    println!("from the start to the first answer, ms, and memory then: median (least – most) of {rounds} starts");
    let mut rows: Vec<Row> = arguments.servers.iter().map(|kind| Row::new(&kind.name)).collect();
    for _ in 0..rounds {
        for (kind, row) in arguments.servers.iter().zip(&mut rows) {
            let server = Server::start(kind, &[]).await?;
            row.values.push(server.started_in.as_secs_f64() * 1_000.0);
            row.peak = row.peak.max(server.memory("VmRSS")?);
            server.stop().await?;
        }
    }
    table::print("start", &rows);
    Ok(())
}

/// Fails unless the server is as fast as itself, and a quarter more is found.
async fn self_test(arguments: &Arguments) -> Result<()> {
    let Some(endpoint) = endpoints::named("info") else { bail!("no endpoint") };
    let Some(kind) = arguments.servers.first() else { bail!("no server") };
    let twin = Kind { name: "itself".to_owned(), ..kind.clone() };
    let same = rounds(arguments, endpoint, &[kind.clone(), twin], 10).await?;
    table::print("the server and itself", &same);
    let (Some(one), Some(ratio)) = (same.first(), table::ratio(&same)) else { bail!("nothing was measured") };
    let quarter = (one.median() * 250.0) as u64;
    let planted = Kind {
        name: "planted".to_owned(),
        environment: vec![("BURN_NS".to_owned(), quarter.to_string())],
        ..kind.clone()
    };
    let more = rounds(arguments, endpoint, &[kind.clone(), planted], 10).await?;
    table::print("the server and a quarter more", &more);
    let Some(found) = table::ratio(&more) else { bail!("nothing was measured") };
    ensure!((0.95..=1.05).contains(&ratio), "the server is {ratio:.3} of itself");
    ensure!((1.17..=1.33).contains(&found), "a quarter was planted, {found:.3} was found");
    println!("itself: {ratio:.3}; with a quarter: {found:.3}");
    Ok(())
}
