"""Words that tell what a call costs. Names are full ones: imports are resolved before they are looked up here."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# What is fitted here looks at its data once: it prepares and does not train.
PREPARES = ("sklearn.preprocessing.", "sklearn.decomposition.", "sklearn.impute.", "sklearn.feature_extraction.")

TRAINING_METHODS = _words("backward step")

HEAVY_METHODS = TRAINING_METHODS | _words(
    "fit fit_generator train_on_batch fit_one_cycle fine_tune minimize pause mainloop "
    "system getoutput run_line_magic run_cell_magic"
)

HEAVY_CALLS = _words("""
    input raw_input exec eval exit quit breakpoint sys.exit os._exit time.sleep
    os.system os.popen os.chdir os.fork os.kill os.remove shutil.rmtree
    urllib.request.urlretrieve urllib.request.urlopen urllib.urlretrieve urllib.urlopen
    wget.download gdown.download google.colab.drive.mount google.colab.files.upload
    torchvision.datasets.utils.download_url torch.hub.download_url_to_file
    subprocess.run subprocess.Popen subprocess.call subprocess.check_call subprocess.check_output subprocess.getoutput
    threading.Thread threading.Timer multiprocessing.Process multiprocessing.Pool multiprocessing.Manager
    multiprocessing.pool.ThreadPool concurrent.futures.ProcessPoolExecutor concurrent.futures.ThreadPoolExecutor
""")

HEAVY_PREFIXES = ("requests.", "socket.")

CHEAP_CALLS = _words("""
    abs all any bin bool bytes callable chr classmethod complex dict divmod enumerate filter float frozenset getattr
    hasattr hash hex id int isinstance len list map max min object ord pow print property range repr reversed round set
    slice sorted staticmethod str sum tuple type xrange zip
    functools.partial functools.lru_cache functools.wraps
    pathlib.Path time.time time.perf_counter time.monotonic types.SimpleNamespace argparse.Namespace
    get_ipython os.cpu_count os.getcwd os.getenv os.getpid multiprocessing.cpu_count threading.Lock threading.RLock
    threading.Event threading.Condition threading.Semaphore threading.local threading.current_thread
    multiprocessing.Lock multiprocessing.current_process sys.getrecursionlimit sys.getsizeof uuid.uuid4
    torch.tensor torch.zeros torch.ones torch.full torch.empty torch.rand torch.randn torch.randint torch.arange
    torch.linspace torch.eye torch.from_numpy torch.as_tensor torch.Tensor torch.FloatTensor torch.LongTensor
    torch.DoubleTensor torch.device torch.Generator torch.manual_seed torch.randperm torch.zeros_like torch.ones_like
    torch.get_default_dtype torch.Size torch.stack torch.cat torch.exp torch.log torch.sqrt torch.sin torch.cos
    torch.sum torch.mean torch.diag torch.cuda.is_available torch.cuda.device_count
""")

CHEAP_PREFIXES = (
    "collections.",
    "copy.",
    "dataclasses.",
    "datetime.",
    "decimal.",
    "enum.",
    "fractions.",
    "itertools.",
    "math.",
    "matplotlib.cm.",
    "matplotlib.colors.",
    "numpy.",
    "operator.",
    "os.environ.",
    "os.path.",
    "platform.",
    "random.",
    "torch.backends.",
    "torch.nn.",
    "torchvision.transforms.",
    "typing.",
)

# Exceptions to the prefixes above: they read or write files, or change what they are given.
DEAR_PREFIXES = (
    "numpy.fromfile",
    "numpy.genfromtxt",
    "numpy.load",
    "numpy.memmap",
    "numpy.save",
    "torch.nn.init.",
)

CHEAP_METHODS = _words("""
    add append astype choice copy count decode dot double encode endswith exp expand extend flatten float format get
    index insert integers item items join keys log long lower max mean min normal numpy permutation permute rand randn
    ravel repeat replace requires_grad_ reshape size split squeeze standard_normal startswith std strip sum t title to
    tolist transpose type uniform unsqueeze update upper values view
""")

# Statements for their effect that any definition may rely on.
SETTINGS = (
    "logging.",
    "matplotlib.pyplot.rc",
    "matplotlib.pyplot.style.use",
    "matplotlib.rc",
    "matplotlib.use",
    "numpy.random.seed",
    "numpy.set_printoptions",
    "numpy.seterr",
    "os.environ.",
    "random.seed",
    "seaborn.set",
    "sys.path.",
    "sys.setrecursionlimit",
    "torch.autograd.set_detect_anomaly",
    "torch.cuda.manual_seed",
    "torch.manual_seed",
    "torch.random.manual_seed",
    "torch.set_",
    "torch.use_deterministic_algorithms",
    "warnings.",
)
