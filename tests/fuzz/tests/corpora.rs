//! What was found once, and what is worth to begin with, at every door.

use std::{fs, path::Path, time::Duration};

use patience::Stopwatch;

/// Ten times what `scripts/fuzz.sh` allows, which has the machine to itself.
const HANG: Duration = Duration::from_secs(10);

#[test]
fn every_door_stands_its_corpus_and_no_input_hangs_it() {
    fuzz::prepare();
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for (name, door) in fuzz::DOORS {
        let files = fs::read_dir(corpus.join(name)).expect("a folder for each door");
        let mut tried = 0;
        for file in files {
            let path = file.expect("a file").path();
            // Says which it was when the door does not stand it.
            println!("{}", path.display());
            let bytes = fs::read(&path).expect("bytes");
            let begun = Stopwatch::start();
            door(&bytes);
            let took = begun.elapsed();
            assert!(took < HANG, "{} took {took:?}", path.display());
            tried += 1;
        }
        assert!(tried > 2, "{name} has no corpus");
    }
}
