//! What was found once, and what is worth to begin with, at every door.

use std::{fs, path::Path};

#[test]
fn every_door_stands_its_corpus() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for (name, door) in fuzz::DOORS {
        let files = fs::read_dir(corpus.join(name)).expect("a folder for each door");
        let mut tried = 0;
        for file in files {
            let path = file.expect("a file").path();
            // Says which it was when the door does not stand it.
            println!("{}", path.display());
            door(&fs::read(path).expect("bytes"));
            tried += 1;
        }
        assert!(tried > 2, "{name} has no corpus");
    }
}
